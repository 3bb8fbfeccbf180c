/**
 * What is waited for before a model is shown. `full`: its bytes and names are on the disk, and a loss of power cannot
 * harm it. `relaxed`: only that they are written; the operating system brings them to the disk in the next half minute or
 * so, and in another boot they are hashed before they are served.
 */
export type Durability = "full" | "relaxed";
