/**
 * Runs inside a page, before anything else there: makes its browser one that records no WebM, as Safari before
 * 18.4 is, whether it is asked or simply tried.
 */
export function recordNoWebm(): void {
  const isWebm = (type: string | undefined) => /webm|^$/.test(type ?? "");
  const Real = globalThis.MediaRecorder;
  globalThis.MediaRecorder = class extends Real {
    static override isTypeSupported(type: string): boolean {
      return !isWebm(type) && Real.isTypeSupported(type);
    }

    constructor(stream: MediaStream, options?: MediaRecorderOptions) {
      if (isWebm(options?.mimeType)) throw new DOMException("No such type.", "NotSupportedError");
      super(stream, options);
    }
  };
}
