import { statfs } from "node:fs/promises";

export interface FileSystemFacts {
  readonly freeBytes: number;
  /** Its name on Linux, where the kernel's number for it is known; else that number. */
  readonly type: string;
}

/** From linux/magic.h: those on which caches lie, and those on which locks and links are weaker. */
const linuxTypes: Readonly<Record<number, string>> = {
  0x0000_6969: "nfs",
  0x0000_ef53: "ext4",
  0x0000_4d44: "vfat",
  0x0102_1994: "tmpfs",
  0x2011_bab0: "exfat",
  0x2fc1_2fc1: "zfs",
  0x5346_544e: "ntfs",
  0x5846_5342: "xfs",
  0x6573_5546: "fuse",
  0x794c_7630: "overlay",
  0x9123_683e: "btrfs",
  0xf2f5_2010: "f2fs",
  0xfe53_4d42: "smb",
  0xff53_4d42: "smb",
};

/** @param folder one that exists. */
export async function fileSystemOf(folder: string): Promise<FileSystemFacts> {
  const { bavail, bsize, type } = await statfs(folder);
  const name = process.platform === "linux" ? linuxTypes[type >>> 0] : undefined;
  return { freeBytes: bavail * bsize, type: name ?? `0x${(type >>> 0).toString(16)}` };
}
