/** One way to download a file, as a command that is started anew each time. */
export interface DownloadTool {
  readonly name: string;
  readonly version: string;
  /** Whether it compares what has arrived with the digest that it is given. */
  readonly isVerifying: boolean;
  /** Those that are not native are Node programs, whose last line begins with the ms that the work took, without Node's start. */
  readonly kind: "native" | "npm" | "ours";
  /** 1 takes part in every round; a tool that takes long, in every n-th. */
  readonly everyNthRound: number;
  readonly command: (download: Download) => readonly string[];
}

export interface Download {
  readonly url: string;
  readonly sha256: string;
  /** The file itself, as the server has it. */
  readonly source: string;
  /** Empty; what arrives is put in here. */
  readonly folder: string;
  /** The file with the certificate that the server's is compared with; none where everything is in the clear. */
  readonly ca?: string;
}
