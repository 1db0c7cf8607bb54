import { createLogger } from "@/lib/logging/logger";
import { createLocalSessionProvider } from "@/lib/providers/local/local-session-provider";
import { desktopSpec } from "./session-specs";

/**
 * A server that runs one desktop until it is killed:
 * `tsx provider-child.ts <instance id> <session id> <isolation as JSON>`. Tells its parent the password.
 */
const [instanceId = "", sessionId = "", isolation = ""] = process.argv.slice(2);
const provider = createLocalSessionProvider(
  { instanceId, log: createLogger("silent", "child") },
  () => Promise.resolve(JSON.parse(isolation) as { sandboxed: boolean; ownUser: boolean }),
);
const { ref } = await provider.start(desktopSpec(sessionId));
process.send?.({ password: provider.desktopPassword(ref) });
