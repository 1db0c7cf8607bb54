import { vi } from "vitest";
import { HOSTILE_TIMEOUT_MS } from "@/tests/support/hostile-runs";
import { testHostileStreams } from "@/tests/support/hostile-streams";
import { buildStream, streamArbitrary } from "@/tests/support/webm-streams";
import { createWebmIndexer } from "./index";

// Many runs of a property, on a busy machine.
vi.setConfig({ testTimeout: HOSTILE_TIMEOUT_MS });

testHostileStreams({
  createIndexer: createWebmIndexer,
  streams: streamArbitrary.map(buildStream),
  maxStateBytes: 100_000,
});
