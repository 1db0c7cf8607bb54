import { formatBytes } from "./format";

/** A size in binary units to one decimal, with the bytes on hover. */
export function ByteSize({ bytes }: { readonly bytes: number }) {
  return (
    <span dir="ltr" title={`${bytes.toLocaleString("en")} bytes`} className="whitespace-nowrap">
      {formatBytes(bytes)}
    </span>
  );
}
