export interface CaptureOptions {
  readonly mimeType: string;
  /** `opaque` and `alpha` show something that moves, `still` the same pixels again and again. */
  readonly canvas: "opaque" | "alpha" | "still" | "none";
  readonly sound?: boolean;
  readonly recordMs: number;
  /** Pixels, keeping 16:9. */
  readonly width: number;
  readonly keyframeEveryMs: number;
}

/**
 * Runs inside the browser, so it may refer to nothing outside itself: records a canvas, a tone or both,
 * and draws the last frame right before it stops.
 */
export async function recordInPage(options: CaptureOptions) {
  const stream = new MediaStream();
  const { width, keyframeEveryMs } = options;
  const height = (width * 9) / 16;
  const canvas = Object.assign(document.createElement("canvas"), { width, height });
  const context = canvas.getContext("2d", { alpha: options.canvas === "alpha" });
  if (context === null) throw new Error("no 2d context");
  const draw = () => {
    const at = options.canvas === "still" ? 0 : performance.now() / 10;
    if (options.canvas === "alpha") context.clearRect(0, 0, width, height);
    else context.fillStyle = "#123";
    if (options.canvas !== "alpha") context.fillRect(0, 0, width, height);
    context.fillStyle = "rgb(240 200 40 / 0.7)";
    context.font = "28px monospace";
    for (let line = 0; line < 12; line += 1) {
      context.fillText(
        `${Math.floor(at) * (line + 7)} the quick brown fox`,
        (at + line * 40) % width,
        line * 32,
      );
    }
  };
  if (options.canvas !== "none") {
    draw();
    canvas
      .captureStream(15)
      .getVideoTracks()
      .forEach((track) => stream.addTrack(track));
  }
  if (options.sound === true) {
    const audio = new AudioContext();
    const speaker = audio.createMediaStreamDestination();
    const tone = audio.createOscillator();
    tone.connect(speaker);
    tone.start();
    await audio.resume();
    speaker.stream.getAudioTracks().forEach((track) => stream.addTrack(track));
  }

  const settings = { mimeType: options.mimeType, videoKeyFrameIntervalDuration: keyframeEveryMs };
  const recorder = new MediaRecorder(stream, settings);
  const chunks: Blob[] = [];
  recorder.ondataavailable = (event) => chunks.push(event.data);
  const drawing = setInterval(draw, options.canvas === "still" ? 500 : 33);
  const started = new Promise((resolve) => recorder.addEventListener("start", resolve));
  const stopped = new Promise((resolve) => recorder.addEventListener("stop", resolve));
  const startedAt = performance.now();
  recorder.start(250);
  await started;
  await new Promise((resolve) => setTimeout(resolve, options.recordMs));
  clearInterval(drawing);
  draw();
  const elapsedMs = performance.now() - startedAt;
  // The canvas hands a frame over when the page is next painted.
  await new Promise((resolve) => requestAnimationFrame(() => setTimeout(resolve, 50)));
  recorder.stop();
  await stopped;

  const bytes = new Uint8Array(await new Blob(chunks).arrayBuffer());
  let binary = "";
  for (const byte of bytes) binary += String.fromCharCode(byte);
  return { base64: btoa(binary), chunkSizes: chunks.map((chunk) => chunk.size), elapsedMs };
}
