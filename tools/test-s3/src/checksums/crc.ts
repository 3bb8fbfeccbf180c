/**
 * The three CRCs of S3, with a table of bytes each. All are reflected, start with ones and are complemented at the end.
 * CRC-64/NVME is kept in two halves of 32 bits: `bigint` would be some hundred times slower.
 */
export interface Crc {
  update(bytes: Uint8Array): void;
  /** Big-endian, as S3 encodes it. */
  digest(): Buffer;
}

export function crc32(): Crc {
  return crcOf32(ieee);
}

export function crc32c(): Crc {
  return crcOf32(castagnoli);
}

export function crc64nvme(): Crc {
  let high = 0xffffffff;
  let low = 0xffffffff;
  return {
    update(bytes) {
      for (const byte of bytes) {
        const index = (low ^ byte) & 0xff;
        low = ((low >>> 8) | (high << 24)) ^ (nvme.low[index] ?? 0);
        high = (high >>> 8) ^ (nvme.high[index] ?? 0);
      }
    },
    digest() {
      const value = Buffer.alloc(8);
      value.writeUInt32BE(~high >>> 0, 0);
      value.writeUInt32BE(~low >>> 0, 4);
      return value;
    },
  };
}

function crcOf32(table: Uint32Array): Crc {
  let state = 0xffffffff;
  return {
    update(bytes) {
      for (const byte of bytes) state = (state >>> 8) ^ (table[(state ^ byte) & 0xff] ?? 0);
    },
    digest() {
      const value = Buffer.alloc(4);
      value.writeUInt32BE(~state >>> 0, 0);
      return value;
    },
  };
}

const ieee = tableOf32(0xedb88320);
const castagnoli = tableOf32(0x82f63b78);
const nvme = tableOf64(0x9a6c9329ac4bc9b5n);

/** @param polynomial bit-reversed. */
function tableOf32(polynomial: number): Uint32Array {
  return Uint32Array.from({ length: 256 }, (_, byte) => {
    let value = byte;
    for (let bit = 0; bit < 8; bit++) value = value & 1 ? (value >>> 1) ^ polynomial : value >>> 1;
    return value >>> 0;
  });
}

function tableOf64(polynomial: bigint): { readonly high: Uint32Array; readonly low: Uint32Array } {
  const values = Array.from({ length: 256 }, (_, byte) => {
    let value = BigInt(byte);
    for (let bit = 0; bit < 8; bit++) value = value & 1n ? (value >> 1n) ^ polynomial : value >> 1n;
    return value;
  });
  return {
    high: Uint32Array.from(values, (value) => Number(value >> 32n)),
    low: Uint32Array.from(values, (value) => Number(value & 0xffffffffn)),
  };
}
