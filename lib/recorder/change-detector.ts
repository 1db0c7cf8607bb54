/**
 * Samples are this small, so that looking costs far less than encoding; a canvas is averaged into them, so that a
 * change of a single character still shows. What is too faint to show is drawn a second later all the same.
 */
const SAMPLE_WIDTH = 320;
const SAMPLE_HEIGHT = 180;

/** Tells whether a canvas looks different from the last time it was asked. */
export class ChangeDetector {
  private readonly context: CanvasRenderingContext2D | null;
  private last = new Uint32Array(0);

  constructor() {
    const canvas = document.createElement("canvas");
    canvas.width = SAMPLE_WIDTH;
    canvas.height = SAMPLE_HEIGHT;
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (this.context !== null) this.context.imageSmoothingQuality = "medium";
  }

  hasChanged(source: HTMLCanvasElement | HTMLVideoElement): boolean {
    if (this.context === null) return true;
    this.context.drawImage(source, 0, 0, SAMPLE_WIDTH, SAMPLE_HEIGHT);
    const { data } = this.context.getImageData(0, 0, SAMPLE_WIDTH, SAMPLE_HEIGHT);
    const sample = new Uint32Array(data.buffer);
    const hasChanged = differs(sample, this.last);
    this.last = sample;
    return hasChanged;
  }
}

function differs(a: Uint32Array, b: Uint32Array): boolean {
  return a.length !== b.length || a.some((pixel, index) => pixel !== b[index]);
}
