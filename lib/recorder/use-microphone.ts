"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { createMicrophone, type Microphone, type MicrophoneState } from "./microphone";

/** A microphone as a component sees it; the functions keep their identity. */
export interface MicrophoneControl extends Pick<Microphone, "toggle" | "newTrack"> {
  readonly state: MicrophoneState;
}

const OFF: MicrophoneState = { phase: "off", notice: null };

/** A microphone for as long as the component is mounted; off at first. */
export function useMicrophone(): MicrophoneControl {
  const [microphone] = useState(createMicrophone);
  useEffect(() => () => microphone.dispose(), [microphone]);
  const state = useSyncExternalStore(microphone.subscribe, microphone.getState, () => OFF);
  const { toggle, newTrack } = microphone;
  return { state, toggle, newTrack };
}
