import type { Readable } from "node:stream";
import {
  AbortMultipartUploadCommand,
  CompleteMultipartUploadCommand,
  CreateMultipartUploadCommand,
  DeleteObjectsCommand,
  GetObjectCommand,
  HeadObjectCommand,
  ListMultipartUploadsCommand,
  ListObjectsV2Command,
  PutObjectCommand,
  type S3Client,
  UploadPartCommand,
  UploadPartCopyCommand,
} from "@aws-sdk/client-s3";
import { Upload as WholeUpload } from "@aws-sdk/lib-storage";
import type { ByteRange, StoredObject } from "./recording-store";
import { onS3, unavailable } from "./s3-errors";

/** Names a call to DeleteObjects may carry. */
const MAX_NAMES = 1_000;
/** What is larger goes in parts. */
const WHOLE_PART_BYTES = 8 * 1024 * 1024;

/** What is uploaded, with its length, since a stream does not tell its own. */
export interface Body {
  readonly bytes: Uint8Array | Readable;
  readonly sizeBytes: number;
}

/** A multipart upload under way. */
export interface Upload {
  readonly name: string;
  readonly id: string;
}

export interface ListedObject {
  readonly name: string;
  readonly sizeBytes: number;
  readonly modifiedAt: Date;
}

export interface ListedUpload extends Upload {
  readonly startedAt: Date;
}

/**
 * The objects of one bucket under one prefix, in the store's own words; names are without the prefix.
 * Every failure is an AppError: `not_found`, `unavailable` or `insufficient_storage`.
 */
export class S3Bucket {
  constructor(
    private readonly client: S3Client,
    private readonly bucket: string,
    private readonly prefix: string,
  ) {}

  /** Null when there is no such object. */
  async head(name: string): Promise<StoredObject | null> {
    try {
      const answer = await this.client.send(new HeadObjectCommand(this.at(name)));
      return {
        sizeBytes: answer.ContentLength ?? 0,
        etag: answer.ETag ?? "",
        modifiedAt: answer.LastModified ?? new Date(0),
      };
    } catch (error) {
      if (error instanceof Error && error.name === "NotFound") return null;
      return onS3(() => Promise.reject(error as Error));
    }
  }

  /** Exactly the bytes of `range`, in memory. `etag`: only of the object that has it. */
  async get(name: string, { start, end }: ByteRange, etag?: string): Promise<Uint8Array> {
    return onS3(async () => {
      const { Body: body } = await this.client.send(
        new GetObjectCommand({
          ...this.at(name),
          Range: `bytes=${start}-${end}`,
          ...(etag === undefined ? {} : { IfMatch: etag }),
        }),
      );
      const bytes = (await body?.transformToByteArray()) ?? new Uint8Array(0);
      if (bytes.byteLength === end - start + 1) return bytes;
      throw unavailable("S3 answered with fewer bytes than were asked for.");
    });
  }

  async put(name: string, { bytes, sizeBytes }: Body): Promise<void> {
    const body = { Body: bytes, ContentLength: sizeBytes };
    await onS3(() => this.client.send(new PutObjectCommand({ ...this.at(name), ...body })));
  }

  /** Keeps what is whole, however large: in parts side by side when it is, which leave nothing when one fails. */
  async putWhole(name: string, bytes: Uint8Array): Promise<void> {
    const upload = new WholeUpload({
      client: this.client,
      params: { ...this.at(name), Body: bytes },
      partSize: WHOLE_PART_BYTES,
    });
    await onS3(() => upload.done());
  }

  /** Removes objects; harmless for those that are gone. */
  async remove(names: readonly string[]): Promise<void> {
    const [kept] = await this.removeEach(names);
    if (kept !== undefined) throw unavailable(`S3 did not delete every object: ${kept.reason}.`);
  }

  /** The same, 1,000 a call. Returns those that S3 did not remove. */
  async removeEach(names: readonly string[]): Promise<{ name: string; reason: string }[]> {
    const kept: { name: string; reason: string }[] = [];
    for (let at = 0; at < names.length; at += MAX_NAMES) {
      const batch = names.slice(at, at + MAX_NAMES);
      const Objects = batch.map((name) => ({ Key: this.prefix + name }));
      const command = new DeleteObjectsCommand({
        Bucket: this.bucket,
        Delete: { Objects, Quiet: true },
      });
      const { Errors: errors = [] } = await onS3(() => this.client.send(command));
      for (const { Key: key = "", Code: reason = "no reason given" } of errors) {
        kept.push({ name: key.slice(this.prefix.length), reason });
      }
    }
    return kept;
  }

  /** Every object whose name begins so. */
  async list(namePrefix: string): Promise<string[]> {
    const names: string[] = [];
    for await (const { name } of this.objects(namePrefix)) names.push(name);
    return names;
  }

  /** The same one after the other, with what a listing tells of them; in the order of names on most servers. */
  async *objects(namePrefix: string, pageSize = MAX_NAMES): AsyncGenerator<ListedObject> {
    let token: string | undefined;
    do {
      const command = new ListObjectsV2Command({
        Bucket: this.bucket,
        Prefix: this.prefix + namePrefix,
        MaxKeys: pageSize,
        ...(token === undefined ? {} : { ContinuationToken: token }),
      });
      const page = await onS3(() => this.client.send(command));
      for (const { Key: key, Size: sizeBytes = 0, LastModified } of page.Contents ?? []) {
        if (key === undefined) continue;
        const name = key.slice(this.prefix.length);
        yield { name, sizeBytes, modifiedAt: LastModified ?? new Date() };
      }
      token = page.NextContinuationToken;
    } while (token !== undefined);
  }

  /** Ids of the multipart uploads of exactly this object that are neither completed nor aborted. */
  async listUploads(name: string): Promise<Upload[]> {
    const uploads: Upload[] = [];
    for await (const upload of this.uploads(name)) if (upload.name === name) uploads.push(upload);
    return uploads;
  }

  /** The multipart uploads of objects whose name begins so, in the order of names on most servers. */
  async *uploads(namePrefix: string, pageSize = MAX_NAMES): AsyncGenerator<ListedUpload> {
    let markers: { KeyMarker?: string | undefined; UploadIdMarker?: string | undefined } | null =
      {};
    do {
      const command: ListMultipartUploadsCommand = new ListMultipartUploadsCommand({
        Bucket: this.bucket,
        Prefix: this.prefix + namePrefix,
        MaxUploads: pageSize,
        ...markers,
      });
      const page = await onS3(() => this.client.send(command));
      for (const { Key: key, UploadId: id, Initiated } of page.Uploads ?? []) {
        if (key === undefined || id === undefined) continue;
        yield { name: key.slice(this.prefix.length), id, startedAt: Initiated ?? new Date() };
      }
      const { NextKeyMarker, NextUploadIdMarker, IsTruncated } = page;
      const hasMore = IsTruncated === true && NextKeyMarker !== undefined;
      markers = hasMore ? { KeyMarker: NextKeyMarker, UploadIdMarker: NextUploadIdMarker } : null;
    } while (markers !== null);
  }

  async createUpload(name: string): Promise<Upload> {
    const command = new CreateMultipartUploadCommand(this.at(name));
    const { UploadId: id } = await onS3(() => this.client.send(command));
    if (id === undefined) throw unavailable("S3 began a multipart upload without an id.");
    return { name, id };
  }

  /** Uploads a part, replacing an earlier one of that number. Returns its entity tag. */
  async putPart(upload: Upload, number: number, { bytes, sizeBytes }: Body): Promise<string> {
    const command = new UploadPartCommand({
      ...this.part(upload, number),
      Body: bytes,
      ContentLength: sizeBytes,
    });
    return tagOf(await onS3(() => this.client.send(command)));
  }

  /** Makes a part of bytes the bucket has: those of `range` in the object `from`, while it has `etag`. */
  async copyPart(
    upload: Upload,
    number: number,
    from: { readonly name: string; readonly etag: string; readonly range: ByteRange },
  ): Promise<string> {
    const command = new UploadPartCopyCommand({
      ...this.part(upload, number),
      CopySource: `${this.bucket}/${(this.prefix + from.name).split("/").map(encodeURIComponent).join("/")}`,
      CopySourceRange: `bytes=${from.range.start}-${from.range.end}`,
      CopySourceIfMatch: from.etag,
    });
    const { CopyPartResult: result } = await onS3(() => this.client.send(command));
    return tagOf(result ?? {});
  }

  /** Makes the object out of its parts, numbered from 1 on in the order of their entity tags. */
  async complete(upload: Upload, etags: readonly string[]): Promise<void> {
    const Parts = etags.map((ETag, index) => ({ ETag, PartNumber: index + 1 }));
    const command = new CompleteMultipartUploadCommand({
      ...this.at(upload.name),
      UploadId: upload.id,
      MultipartUpload: { Parts },
    });
    await onS3(() => this.client.send(command));
  }

  /** Harmless when it is over already. */
  async abort(upload: Upload): Promise<void> {
    const command = new AbortMultipartUploadCommand({
      ...this.at(upload.name),
      UploadId: upload.id,
    });
    try {
      await this.client.send(command);
    } catch (error) {
      if (error instanceof Error && error.name === "NoSuchUpload") return;
      await onS3(() => Promise.reject(error as Error));
    }
  }

  private at(name: string): { readonly Bucket: string; readonly Key: string } {
    return { Bucket: this.bucket, Key: this.prefix + name };
  }

  private part(upload: Upload, PartNumber: number) {
    return { ...this.at(upload.name), UploadId: upload.id, PartNumber };
  }
}

function tagOf({ ETag }: { readonly ETag?: string | undefined }): string {
  if (ETag === undefined) throw unavailable("S3 took a part without naming its entity tag.");
  return ETag;
}
