throw new Error("failed on its own");
