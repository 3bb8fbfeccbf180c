/** In bytes: what common file systems hold, with room for what a store may add. */
const longestBytes = 200;

/** A name that nobody gave. */
const fallbackName = "model";

/**
 * What the file is called: as the server says (`Content-Disposition`, RFC 6266), or as the last part of the URL. It is one
 * name, and never a path: whatever a server says, it is what follows the last separator, without what file systems refuse.
 */
export function fileName(disposition: string | undefined, ...urls: readonly URL[]): string {
  const names = [dispositionName(disposition ?? ""), ...urls.map(lastSegment)];
  return names.map(safeName).find((name) => name !== "") ?? fallbackName;
}

/** `filename*` comes before `filename`: it can say what the other one cannot. */
function dispositionName(disposition: string): string {
  const extended = /;\s*filename\*\s*=\s*(?:utf-8|iso-8859-1)'[^']*'([^;\s]+)/i.exec(disposition)?.[1];
  if (extended !== undefined) return decode(extended);
  const [, quoted, token] = /;\s*filename\s*=\s*(?:"((?:[^"\\]|\\.)*)"|([^;\s"]+))/i.exec(disposition) ?? [];
  return quoted?.replace(/\\(.)/g, "$1") ?? token ?? "";
}

function lastSegment({ pathname }: URL): string {
  return decode(pathname.slice(pathname.lastIndexOf("/") + 1));
}

/** Names that Windows keeps for devices, whatever follows the dot; spaces before it do not count. */
const devices = /^(con|prn|aux|nul|com\d|lpt\d) *(\.|$)/i;

function safeName(name: string): string {
  const last = name.split(/[/\\]/).at(-1) ?? "";
  const plain = last
    .normalize("NFC")
    .replace(/[\u0000-\u001f\u007f-\u009f<>:"|?*\ufffd]/g, "_")
    // Neither hidden, nor a folder.
    .replace(/^[. ]+/, "");
  // What Windows would cut off, also where the name was cut. Last: in a long name this takes as long as the square of it.
  return shortened(devices.test(plain) ? `_${plain}` : plain).replace(/[. ]+$/, "");
}

/** Keeps the ending, by which an engine may recognise a model. */
function shortened(name: string): string {
  if (Buffer.byteLength(name) <= longestBytes) return name;
  const ending = /\.[A-Za-z0-9]{1,16}$/.exec(name)?.[0] ?? "";
  const characters = Array.from(name.slice(0, name.length - ending.length)).slice(0, longestBytes);
  while (Buffer.byteLength(characters.join("")) + ending.length > longestBytes) characters.pop();
  return characters.join("") + ending;
}

/** A percent sign that begins nothing stands for itself. */
function decode(text: string): string {
  try {
    return decodeURIComponent(text);
  } catch {
    return text;
  }
}
