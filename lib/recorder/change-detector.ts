/**
 * Samples are this small, so that looking costs far less than encoding; a canvas is averaged into them, so that a
 * change of a single character still shows. What is too faint to show is drawn a second later all the same.
 */
const SAMPLE_WIDTH = 320;
const SAMPLE_HEIGHT = 180;

/** A screen that looked different so many times in a row is moving… */
const MOVING_AFTER = 4;
/** …and only every so many pictures of it are looked at: looking at each would cost a twentieth of recording it. */
const LOOK_EVERY = 4;

/**
 * Tells whether a canvas looks different from the last time it was asked. While a screen moves it is taken to go on
 * moving, for a quarter of a second after its end at most.
 */
export class ChangeDetector {
  private readonly context: CanvasRenderingContext2D | null;
  private last = new Uint32Array(0);
  private changesInARow = 0;
  private notLookedAt = 0;

  constructor() {
    const canvas = document.createElement("canvas");
    canvas.width = SAMPLE_WIDTH;
    canvas.height = SAMPLE_HEIGHT;
    this.context = canvas.getContext("2d", { alpha: false, willReadFrequently: true });
    if (this.context !== null) this.context.imageSmoothingQuality = "medium";
  }

  hasChanged(source: HTMLCanvasElement | HTMLVideoElement): boolean {
    if (this.context === null) return true;
    if (this.changesInARow >= MOVING_AFTER && this.notLookedAt < LOOK_EVERY - 1) {
      this.notLookedAt += 1;
      return true;
    }
    this.notLookedAt = 0;
    const hasChanged = this.look(this.context, source);
    this.changesInARow = hasChanged ? this.changesInARow + 1 : 0;
    return hasChanged;
  }

  private look(
    context: CanvasRenderingContext2D,
    source: HTMLCanvasElement | HTMLVideoElement,
  ): boolean {
    context.drawImage(source, 0, 0, SAMPLE_WIDTH, SAMPLE_HEIGHT);
    const { data } = context.getImageData(0, 0, SAMPLE_WIDTH, SAMPLE_HEIGHT);
    const sample = new Uint32Array(data.buffer);
    const hasChanged = differs(sample, this.last);
    this.last = sample;
    return hasChanged;
  }
}

function differs(a: Uint32Array, b: Uint32Array): boolean {
  return a.length !== b.length || a.some((pixel, index) => pixel !== b[index]);
}
