import { CannotRecordError } from "./cannot-record-error";
import { NotSharedError } from "./not-shared-error";
import type { Scene } from "./recorded-source";

/** Not every pixel of a page is worth more than this: what is recorded is drawn at 15 frames a second. */
const FRAMES_PER_SECOND = 15;

const NOT_SHARED =
  "Nothing is recorded, because this tab was not shared. Press Record and allow it to be asked again.";
const SHARING_ENDED = "You stopped sharing this tab, so the recording was stopped. It is kept.";
const NO_CLICK = "The browser asks before a tab is recorded, and only after a click. Press Record.";

/** TypeScript's DOM types lack what Chromium adds (W3C: Screen Capture, Region Capture and Element Capture drafts). */
interface TabCaptureOptions extends DisplayMediaStreamOptions {
  readonly preferCurrentTab: boolean;
  readonly selfBrowserSurface: "include";
  readonly surfaceSwitching: "exclude";
}
interface TargetType {
  fromElement(element: Element): Promise<object>;
}
type Restrictable = MediaStreamTrack & {
  restrictTo?(target: object): Promise<void>;
  cropTo?(target: object): Promise<void>;
};
declare global {
  var RestrictionTarget: TargetType | undefined;
  var CropTarget: TargetType | undefined;
}

/**
 * Asks the user to share this tab and pictures as little of it as the browser can: the element that `getElement`
 * tells alone, else the part of the tab where it is, else all of it. To be called right after a click.
 * @throws CannotRecordError when the user or the browser refuses
 */
export async function shareTab(getElement: () => HTMLElement | null): Promise<Scene> {
  const track = await askForTab();
  try {
    const element = getElement();
    const isRestricted = element !== null && (await restrict(track, element));
    const video = await play(track);
    return {
      getPicture: () => {
        const { videoWidth: width, videoHeight: height } = video;
        if (getElement() === null || width === 0 || height === 0) return null;
        return { image: video, width, height };
      },
      // The browser draws it into the picture.
      getPointer: () => null,
      isWholeTab: !isRestricted,
      ended: new Promise((resolve) => {
        track.addEventListener("ended", () => resolve(SHARING_ENDED), { once: true });
      }),
      close: () => {
        track.stop();
        video.srcObject = null;
      },
    };
  } catch (error) {
    track.stop();
    throw error;
  }
}

async function askForTab(): Promise<Restrictable> {
  const options: TabCaptureOptions = {
    video: { displaySurface: "browser", frameRate: { max: FRAMES_PER_SECOND } },
    audio: false,
    preferCurrentTab: true,
    selfBrowserSurface: "include",
    surfaceSwitching: "exclude",
  };
  const stream = await navigator.mediaDevices.getDisplayMedia(options).catch((error: unknown) => {
    throw refusalOf(error);
  });
  const [track] = stream.getVideoTracks();
  if (track === undefined) throw new NotSharedError(NOT_SHARED);
  return track;
}

/** By the names of the Screen Capture specification, 5.1. */
function refusalOf(cause: unknown): Error {
  const name = cause instanceof DOMException ? cause.name : "";
  if (name === "InvalidStateError") return new NotSharedError(NO_CLICK, { cause });
  if (name === "NotAllowedError" || name === "AbortError") {
    return new NotSharedError(NOT_SHARED, { cause });
  }
  return new CannotRecordError(
    "The browser could not capture this tab. Reload the page and record again.",
    { cause },
  );
}

/** Whether what is captured is limited to the element; never where the user chose something else than this tab. */
async function restrict(track: Restrictable, element: HTMLElement): Promise<boolean> {
  const attempts = [
    async () => {
      const target = await globalThis.RestrictionTarget?.fromElement(element);
      if (target === undefined || track.restrictTo === undefined) throw new Error("unsupported");
      await track.restrictTo(target);
    },
    async () => {
      const target = await globalThis.CropTarget?.fromElement(element);
      if (target === undefined || track.cropTo === undefined) throw new Error("unsupported");
      await track.cropTo(target);
    },
  ];
  for (const attempt of attempts) {
    const isDone = await attempt().then(
      () => true,
      () => false,
    );
    if (isDone) return true;
  }
  return false;
}

/** The captured picture as something that can be drawn; resolves with its first frame. */
async function play(track: MediaStreamTrack): Promise<HTMLVideoElement> {
  const video = document.createElement("video");
  video.muted = true;
  video.playsInline = true;
  const hasFrame = new Promise<void>((resolve, reject) => {
    video.addEventListener("loadeddata", () => resolve(), { once: true });
    track.addEventListener("ended", () => reject(new NotSharedError(NOT_SHARED)), {
      once: true,
    });
  });
  video.srcObject = new MediaStream([track]);
  await Promise.all([video.play(), hasFrame]);
  return video;
}
