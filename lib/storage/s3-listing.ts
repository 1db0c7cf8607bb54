import type { StoredItem } from "./recording-store";
import type { ListedObject, ListedUpload, S3Bucket } from "./s3-bucket";
import { isKey, isProbeName } from "./storage-key";

/** Between a recording's key and the rest of the name of what it is made from. */
const PART_FOLDER = ".part/";

/** Every object and every multipart upload, in the order of their names where S3 keeps one. */
export async function* listBucket(
  bucket: S3Bucket,
  { pageSize }: { readonly pageSize?: number } = {},
): AsyncGenerator<StoredItem> {
  const objects = bucket.objects("", pageSize);
  const uploads = bucket.uploads("", pageSize);
  let upload = await nextOf(uploads);
  for await (const object of objects) {
    for (; upload !== null && upload.name <= object.name; upload = await nextOf(uploads)) {
      yield describeUpload(upload);
    }
    if (!isFolderMarker(object)) yield describeObject(object);
  }
  for (; upload !== null; upload = await nextOf(uploads)) yield describeUpload(upload);
}

async function nextOf<T>(items: AsyncGenerator<T>): Promise<T | null> {
  const next = await items.next();
  return next.done === true ? null : next.value;
}

/** What consoles make so that they can show an empty folder. */
function isFolderMarker({ name, sizeBytes }: ListedObject): boolean {
  return sizeBytes === 0 && (name === "" || name.endsWith("/"));
}

function describeUpload({ name, id, startedAt }: ListedUpload): StoredItem {
  const listed = { name, sizeBytes: null, modifiedAt: startedAt };
  if (!isKey(name)) return { ...listed, form: "foreign" };
  return { ...listed, form: "upload", key: name, uploadId: id };
}

function describeObject(object: ListedObject): StoredItem {
  const { name } = object;
  if (isProbeName(name)) return { ...object, form: "probe" };
  const [key = "", rest] = name.split(PART_FOLDER, 2);
  if (rest !== undefined && isKey(key)) return { ...object, form: "unfinished", key };
  if (isKey(name)) return { ...object, form: "finished", key: name };
  return { ...object, form: "foreign" };
}

/** Whether it is there as it was listed. Names of what is not finished are never used twice. */
export async function hasStayed(bucket: S3Bucket, item: StoredItem): Promise<boolean> {
  if (item.form === "upload") {
    return (await bucket.listUploads(item.key)).some(({ id }) => id === item.uploadId);
  }
  const found = await bucket.head(item.name);
  return found !== null && found.sizeBytes === item.sizeBytes;
}
