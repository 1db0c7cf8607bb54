import type { KeptIn } from "./recorder-state";
import type { SpoolLabel } from "./spool-label";

/** What the spool's worker can be asked; requests are served one after the other, in the order they were sent. */
export type SpoolCall =
  | { readonly call: "open"; readonly label: SpoolLabel }
  | { readonly call: "append"; readonly chunk: Blob }
  | { readonly call: "read"; readonly position: number; readonly length: number }
  | { readonly call: "release"; readonly position: number }
  | { readonly call: "close" }
  | { readonly call: "remove" };

/** Where the spool stands after a chunk. */
export interface Appended {
  readonly spooledBytes: number;
  /** The recording's time that the bytes reach to. */
  readonly encodedMs: number;
}

export interface SpoolResults {
  readonly open: { readonly keptIn: KeptIn };
  readonly append: Appended;
  readonly read: Uint8Array<ArrayBuffer>;
  readonly release: null;
  readonly close: null;
  readonly remove: null;
}

export type SpoolResult = SpoolResults[keyof SpoolResults];

export interface SpoolRequest {
  readonly id: number;
  readonly call: SpoolCall;
}

export type SpoolResponse =
  | { readonly id: number; readonly ok: true; readonly result: SpoolResult }
  | { readonly id: number; readonly ok: false; readonly message: string };
