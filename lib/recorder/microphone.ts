/** Whether the person is heard. A notice says why not, when that was not their choice. */
export type MicrophoneState =
  | { readonly phase: "off"; readonly notice: string | null }
  | { readonly phase: "asking" }
  | { readonly phase: "on" };

/** Somebody's voice for recordings: off until it is asked for, and the device is let go of whenever it is off. */
export interface Microphone {
  readonly getState: () => MicrophoneState;
  /** Calls `listener` after every change of state; returns what ends that. */
  readonly subscribe: (listener: () => void) => () => void;
  /** Turns it on, for which the browser asks the first time, or off. Never rejects. To be called after a click. */
  readonly toggle: () => Promise<void>;
  /**
   * A sound track for a recording that begins now, its own to stop: the voice while the microphone is on, silence
   * while it is not. Null when it is off now, since a recording cannot get a sound track later.
   */
  readonly newTrack: () => MediaStreamTrack | null;
  /** Turns it off for good. */
  readonly dispose: () => void;
}

const OFF: MicrophoneState = { phase: "off", notice: null };

const CONSTRAINTS: MediaStreamConstraints = {
  audio: { echoCancellation: true, noiseSuppression: true, autoGainControl: true },
};

/** Touches nothing of the browser until it is turned on. */
export function createMicrophone(): Microphone {
  return new MixedMicrophone();
}

class MixedMicrophone implements Microphone {
  #state: MicrophoneState = OFF;
  readonly #listeners = new Set<() => void>();
  /** Goes on, silent, while the microphone is off: a recorder wants a track that does not stop. */
  #mix: MediaStreamAudioDestinationNode | null = null;
  #context: AudioContext | null = null;
  #voice: { readonly stream: MediaStream; readonly node: AudioNode } | null = null;

  readonly getState = (): MicrophoneState => this.#state;

  readonly subscribe = (listener: () => void): (() => void) => {
    this.#listeners.add(listener);
    return () => this.#listeners.delete(listener);
  };

  readonly toggle = async (): Promise<void> => {
    if (this.#state.phase === "asking") return;
    if (this.#state.phase === "on") {
      this.#turnOff(null);
      return;
    }
    this.#become({ phase: "asking" });
    try {
      await this.#turnOn();
    } catch (error) {
      this.#turnOff(refusalInWords(error));
    }
  };

  readonly newTrack = (): MediaStreamTrack | null => {
    const [track] = this.#mix?.stream.getAudioTracks() ?? [];
    return this.#state.phase === "on" && track !== undefined ? track.clone() : null;
  };

  readonly dispose = (): void => {
    this.#turnOff(null);
    void this.#context?.close().catch(() => undefined);
    this.#context = null;
    this.#mix = null;
  };

  async #turnOn(): Promise<void> {
    const stream = await requireDevices().getUserMedia(CONSTRAINTS);
    const context = (this.#context ??= new AudioContext());
    const mix = (this.#mix ??= silentMix(context));
    await context.resume();
    const node = context.createMediaStreamSource(stream);
    node.connect(mix);
    this.#voice = { stream, node };
    for (const track of stream.getTracks()) {
      track.addEventListener("ended", () => this.#turnOff(UNPLUGGED), { once: true });
    }
    this.#become({ phase: "on" });
  }

  #turnOff(notice: string | null): void {
    this.#voice?.node.disconnect();
    // Stopping a track by script fires no `ended`.
    for (const track of this.#voice?.stream.getTracks() ?? []) track.stop();
    this.#voice = null;
    this.#become(notice === null ? OFF : { phase: "off", notice });
  }

  #become(next: MicrophoneState): void {
    if (next === this.#state) return;
    this.#state = next;
    for (const listener of this.#listeners) listener();
  }
}

/** Without any source a mix gives no sound at all, not even silence, and a recorder waits for it with the picture. */
function silentMix(context: AudioContext): MediaStreamAudioDestinationNode {
  const mix = context.createMediaStreamDestination();
  const silence = context.createConstantSource();
  silence.offset.value = 0;
  silence.connect(mix);
  silence.start();
  return mix;
}

const REFUSED =
  "The microphone was not allowed, so nobody will be heard. Allow it beside this page's address, then turn it on again.";
const NONE_FOUND = "There is no microphone on this computer. Connect one, then turn it on again.";
const UNPLUGGED = "The microphone was disconnected, so it is off. Recording goes on without sound.";
const UNUSABLE =
  "The microphone could not be used; another program may be using it. Close that, then turn it on again.";

/** On plain http there are none. */
function requireDevices(): MediaDevices {
  if (!("mediaDevices" in navigator)) throw new DOMException("insecure page", "NotAllowedError");
  return navigator.mediaDevices;
}

/** By the names of the specification Media Capture and Streams, 10.2. */
function refusalInWords(error: unknown): string {
  const name = error instanceof DOMException ? error.name : "";
  if (name === "NotAllowedError" || name === "SecurityError") return REFUSED;
  return name === "NotFoundError" ? NONE_FOUND : UNUSABLE;
}
