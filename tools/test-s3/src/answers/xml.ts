export const xmlDeclaration = '<?xml version="1.0" encoding="UTF-8"?>\n';

/** As S3 escapes it: control characters become references, although XML 1.0 has none for most of them. */
function escapeXml(text: string): string {
  return text.replace(/[&<>"\u0000-\u001f\ufffe\uffff]/g, (character) => {
    return named[character] ?? `&#${character === "\r" ? "13" : `x${character.charCodeAt(0).toString(16)}`};`;
  });
}

/** One element; what it holds is escaped. */
export function element(name: string, text: string | number | boolean): string {
  return `<${name}>${escapeXml(String(text))}</${name}>`;
}

export function errorXml(elements: Readonly<Record<string, string>>): string {
  const lines = Object.entries(elements).map(([name, text]) => element(name, text));
  return `${xmlDeclaration}<Error>${lines.join("")}</Error>`;
}

const named: Readonly<Record<string, string>> = { "&": "&amp;", "<": "&lt;", ">": "&gt;", '"': "&quot;" };
