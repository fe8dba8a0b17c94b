import {
  type CompletedPart,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  GetObjectCommand,
  HeadObjectCommand,
  PutObjectCommand,
  type S3Client,
  S3ServiceException,
  UploadPartCommand,
} from '@aws-sdk/client-s3';
import { getSignedUrl } from '@aws-sdk/s3-request-presigner';
import type { ImportRow } from '../../schemas/imports.ts';

/** Names the objects of an import; no personal data. */
export type FileAt = Pick<ImportRow, 'region' | 'importNumber'>;
export type UploadLink = { url: string; headers: Record<string, string> };

/** Files that were handed in, and their results. Everything of an import lies under `imports/<region>/<importNumber>/`. */
export type ImportFiles = {
  /** Where to put the file and with which headers; only these very bytes are let in. */
  uploadLink(at: FileAt, announced: Pick<ImportRow, 'sha256' | 'bytes'>): Promise<UploadLink>;
  resultLink(at: FileAt): Promise<string>;
  /** Length of the uploaded file in bytes; undefined while there is none. */
  size(at: FileAt): Promise<number | undefined>;
  /** Bytes from `from` up to, but not including, `to`; both lie within the file. */
  read(at: FileAt, from: number, to: number): Promise<Uint8Array>;
  /** Result of the n-th part, from 0; writing it again replaces it. */
  putPart(at: FileAt, n: number, text: string): Promise<void>;
  /** Puts the first `parts` results together as one. Can be repeated. */
  joinParts(at: FileAt, parts: number): Promise<void>;
};

const LINK_SECONDS = 600;
/** Read at a time; short requests, since S3 closes a connection whose reader is busy elsewhere. */
const RANGE_BYTES = 4 * 1024 * 1024;
/** S3 takes no piece of an upload but the last below 5 MB. */
const PIECE_BYTES = 8 * 1024 * 1024;
const JSON_LINES = 'application/jsonl; charset=utf-8';

/** The file's bytes from an offset on, a few megabytes at a time. */
export async function* bytesFrom(files: Pick<ImportFiles, 'read'>, at: FileAt, offset: number, size: number): AsyncGenerator<Uint8Array> {
  for (let from = offset; from < size; from += RANGE_BYTES) yield await files.read(at, from, Math.min(size, from + RANGE_BYTES));
}

export function s3Files(s3: S3Client, bucket: string): ImportFiles {
  const objectOf = ({ region, importNumber }: FileAt, name: string) => ({
    Bucket: bucket,
    Key: `imports/${region}/${importNumber}/${name}`,
  });
  const file = (at: FileAt) => objectOf(at, 'file');
  const result = (at: FileAt) => objectOf(at, 'result.jsonl');
  const part = (at: FileAt, n: number) => objectOf(at, `parts/${String(n).padStart(8, '0')}.jsonl`);

  const get = async (object: ReturnType<typeof file>, Range?: string): Promise<Uint8Array> => {
    const { Body } = await s3.send(new GetObjectCommand({ ...object, Range }));
    if (!Body) throw new Error('S3 answered without a body');
    return Body.transformToByteArray();
  };

  /** Pieces of the joined result, each long enough for S3. */
  async function* piecesOf(at: FileAt, parts: number): AsyncGenerator<Uint8Array> {
    let held: Uint8Array[] = [];
    let bytes = 0;
    for (let n = 0; n < parts; n += 1) {
      const next = await get(part(at, n));
      held.push(next);
      bytes += next.length;
      if (bytes < PIECE_BYTES) continue;
      yield Buffer.concat(held);
      held = [];
      bytes = 0;
    }
    if (bytes > 0) yield Buffer.concat(held);
  }

  /** An upload that ends half way is invisible; the bucket's lifecycle throws it away. */
  async function uploadInPieces(object: ReturnType<typeof file>, first: Uint8Array, others: AsyncIterable<Uint8Array>): Promise<void> {
    const ChecksumAlgorithm = 'CRC32';
    const { UploadId } = await s3.send(new CreateMultipartUploadCommand({ ...object, ContentType: JSON_LINES, ChecksumAlgorithm }));
    const Parts: CompletedPart[] = [];
    const upload = async (Body: Uint8Array) => {
      const PartNumber = Parts.length + 1;
      const { ETag, ChecksumCRC32 } = await s3.send(new UploadPartCommand({ ...object, UploadId, PartNumber, Body, ChecksumAlgorithm }));
      Parts.push({ ETag, ChecksumCRC32, PartNumber });
    };
    await upload(first);
    for await (const piece of others) await upload(piece);
    await s3.send(new CompleteMultipartUploadCommand({ ...object, UploadId, MultipartUpload: { Parts } }));
  }

  return {
    async uploadLink(at, { sha256, bytes }) {
      const checksum = Buffer.from(sha256, 'hex').toString('base64');
      const command = new PutObjectCommand({ ...file(at), ContentLength: bytes, ChecksumSHA256: checksum });
      // Signed as a header: in the query, where the signer would put it, S3 need not look at it.
      const unhoistableHeaders = new Set(['x-amz-checksum-sha256']);
      const url = await getSignedUrl(s3, command, { expiresIn: LINK_SECONDS, unhoistableHeaders });
      return { url, headers: { 'content-length': String(bytes), 'x-amz-checksum-sha256': checksum } };
    },

    resultLink(at) {
      const ResponseContentDisposition = `attachment; filename="${at.importNumber}.jsonl"`;
      return getSignedUrl(s3, new GetObjectCommand({ ...result(at), ResponseContentDisposition }), { expiresIn: LINK_SECONDS });
    },

    async size(at) {
      try {
        const { ContentLength } = await s3.send(new HeadObjectCommand(file(at)));
        return ContentLength;
      } catch (error) {
        // Who may not list a bucket is told 403 of what is not there.
        if (error instanceof S3ServiceException && [403, 404].includes(error.$metadata.httpStatusCode ?? 0)) return undefined;
        throw error;
      }
    },

    read: (at, from, to) => get(file(at), `bytes=${from}-${to - 1}`),

    async putPart(at, n, text) {
      await s3.send(new PutObjectCommand({ ...part(at, n), Body: text, ContentType: JSON_LINES }));
    },

    async joinParts(at, parts) {
      const pieces = piecesOf(at, parts);
      const first: Uint8Array = (await pieces.next()).value ?? new Uint8Array();
      // Only the last piece is shorter.
      if (first.length >= PIECE_BYTES) return uploadInPieces(result(at), first, pieces);
      await s3.send(new PutObjectCommand({ ...result(at), Body: first, ContentType: JSON_LINES }));
    },
  };
}
