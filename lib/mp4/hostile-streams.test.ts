import { vi } from "vitest";
import { HOSTILE_TIMEOUT_MS } from "@/tests/support/hostile-runs";
import { testHostileStreams } from "@/tests/support/hostile-streams";
import { buildMp4, mp4Arbitrary } from "@/tests/support/mp4-streams";
import { createMp4Indexer } from "./index";

// Many runs of a property, on a busy machine.
vi.setConfig({ testTimeout: HOSTILE_TIMEOUT_MS });

testHostileStreams({
  createIndexer: createMp4Indexer,
  streams: mp4Arbitrary.map(buildMp4),
  maxStateBytes: 200_000,
});
