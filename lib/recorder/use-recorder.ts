"use client";

import { useEffect, useState, useSyncExternalStore } from "react";
import { createRecorder, type RecorderCore, type RecorderOptions } from "./recorder";
import type { RecorderState } from "./recorder-state";

/** The recorder as a component sees it; the functions keep their identity. */
export interface Recorder {
  readonly state: RecorderState;
  readonly start: RecorderCore["start"];
  readonly stop: () => Promise<void>;
  readonly dismiss: () => void;
}

const IDLE: RecorderState = { phase: "idle" };

/**
 * The recorder of one session for as long as the component is mounted; unmounting stops it and saves. All but
 * `source` is taken once: give a component that shows another session another `key`.
 */
export function useRecorder(options: RecorderOptions): Recorder {
  const { source } = options;
  const [recorder] = useState(() => createRecorder(options));
  useEffect(() => recorder.setSource(source), [recorder, source]);
  useEffect(() => {
    recorder.warmUp();
    return () => recorder.dispose();
  }, [recorder]);
  const state = useSyncExternalStore(recorder.subscribe, recorder.getState, () => IDLE);
  const { start, stop, dismiss } = recorder;
  return { state, start, stop, dismiss };
}
