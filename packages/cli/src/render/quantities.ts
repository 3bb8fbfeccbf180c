const units = ["B", "kB", "MB", "GB", "TB", "PB"] as const;

/** `3.0 GB`: decimal units, as disks and model hubs count. */
export function formatBytes(bytes: number): string {
  let value = bytes;
  let unit = 0;
  // Not 1000: what rounds to 1000 belongs to the next unit.
  while (value >= 999.5 && unit < units.length - 1) {
    value /= 1000;
    unit += 1;
  }
  const digits = unit === 0 || value >= 99.95 ? 0 : 1;
  return `${value.toFixed(digits)} ${units[unit]}`;
}

/** `40 ms`, `1.4 s`, `12 s`, `3 min 20 s`, `2 h 5 min`. */
export function formatDuration(ms: number): string {
  if (ms < 950) return `${Math.round(ms)} ms`;
  if (ms < 9_950) return `${(ms / 1000).toFixed(1)} s`;
  const seconds = Math.round(ms / 1000);
  if (seconds < 60) return `${seconds} s`;
  const minutes = Math.floor(seconds / 60);
  if (minutes < 60) return `${minutes} min ${seconds % 60} s`;
  return `${Math.floor(minutes / 60)} h ${minutes % 60} min`;
}

/** `3 files, 4.2 GB`; `null` for what the source does not tell beforehand; without the files, there is no size. */
export function describeExtent(files: number | null, sizeBytes: number | null): string {
  if (files === null) return "files and size not known yet";
  return `${formatCount(files, "file")}, ${sizeBytes === null ? "size not known yet" : formatBytes(sizeBytes)}`;
}

/** `1 file`, `3 files`. */
export function formatCount(count: number, singular: string, plural: string = `${singular}s`): string {
  return `${count} ${count === 1 ? singular : plural}`;
}
