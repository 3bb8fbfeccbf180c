import { realS3 } from "../../tools/real-s3/src/index.ts";
import { bucketClients, oursFromBucket } from "./bucket/bucket-tools.ts";
import { withModelBucket } from "./bucket/model-bucket.ts";
import { compareTools } from "./downloads/compare-tools.ts";
import { nativeTools } from "./downloads/native-tools.ts";
import { printFigures } from "./downloads/print-figures.ts";
import { memoryRows, rowsAgainst } from "./downloads/rows-against.ts";
import { type BenchmarkOptions, type Row, sizeName } from "./row.ts";
import { withTempDir } from "./temp-dir.ts";

/** An object of S3, by its clients and by ours. `curl` shows what the server can give, and how long the digest takes alone. */
export async function bucketCompared({ rounds, sizeMb }: BenchmarkOptions): Promise<readonly Row[]> {
  const found = await realS3();
  if (found.type === "absent") {
    console.error(`bucket-compared is left out: ${found.reason}`);
    return [];
  }
  return withTempDir((folder) =>
    withModelBucket(found.executable, { folder, sizeMb }, async (bucket) => {
      const clients = [...bucketClients(bucket), oursFromBucket(bucket)];
      const contest = { url: bucket.presignedUrl, tools: [...nativeTools("curl", "curl, then openssl"), ...clients] };
      const [figures = []] = await compareTools(bucket, [contest], { rounds, folder });
      const size = sizeName(sizeMb);
      printFigures(`${size} from a bucket`, figures);
      return [
        ...rowsAgainst(figures, {
          work: `${size} from a bucket, verified, relaxed`,
          most: 1,
          rivals: ["aws s3 cp", "rclone copyto"],
          named: "the faster of `aws s3 cp` and `rclone copyto`",
          floor: "curl",
        }),
        ...memoryRows(figures, `peak memory of a process that fetches ${size} from a bucket`),
      ];
    }),
  );
}
