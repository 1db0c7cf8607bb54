import { vi } from "vitest";
import { testHostileStreams } from "@/tests/support/hostile-streams";
import { buildStream, streamArbitrary } from "@/tests/support/webm-streams";
import { createWebmIndexer } from "./index";

// Many runs of a property, on a busy machine.
vi.setConfig({ testTimeout: 60_000 });

testHostileStreams({
  createIndexer: createWebmIndexer,
  streams: streamArbitrary.map(buildStream),
  maxStateBytes: 100_000,
});
