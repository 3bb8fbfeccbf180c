import { statfs } from "node:fs/promises";

/**
 * Magic numbers of file systems that are shared with other machines, by Linux's `statfs(2)` and `magic.h`. On some of
 * them a lock succeeds for everyone; FUSE is among them since sshfs and its like are.
 */
const networkMagic: ReadonlySet<number> = new Set([
  0x6969, // NFS
  0x517b, // SMB
  0xff534d42, // CIFS
  0xfe534d42, // SMB2
  0x01021997, // 9p
  0x0bd00bd0, // Lustre
  0x00c36400, // Ceph
  0x47504653, // GPFS
  0x5346414f, // AFS
  0x65735546, // FUSE
]);

/** Whether locks on this folder are not to be believed. Only Linux tells; elsewhere they are. */
export async function isNetworkFileSystem(folder: string): Promise<boolean> {
  if (process.platform !== "linux") return false;
  const { type } = await statfs(folder);
  // The kernel's number is signed on some platforms.
  return networkMagic.has(type >>> 0);
}
