/** The body of an answer piece by piece: the types of Node do not say what it is made of. */
export async function* chunksOfBody({ body }: Response): AsyncGenerator<Uint8Array> {
  const reader = body?.getReader();
  for (let read = await reader?.read(); read !== undefined && !read.done; read = await reader?.read()) yield read.value;
}

/** What has come of a body when it ends, well or not. */
export async function readBody(response: Response): Promise<{ readonly bytes: Buffer; readonly failed: boolean }> {
  const chunks: Uint8Array[] = [];
  try {
    for await (const chunk of chunksOfBody(response)) chunks.push(chunk);
  } catch (error) {
    if (!(error instanceof TypeError)) throw error; // fetch says "terminated" by it
    return { bytes: Buffer.concat(chunks), failed: true };
  }
  return { bytes: Buffer.concat(chunks), failed: false };
}
