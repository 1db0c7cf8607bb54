import { z } from "zod";
import { portOf } from "../app-container";
import type { ProviderRef, SessionSpec } from "../session-provider";
import type { Pod } from "./pod-state";

const refSchema = z.object({
  pod: z.string(),
  /** Of this very pod, whatever later has its name. */
  uid: z.string(),
  /** The app's port; absent in a terminal. */
  port: z.number().optional(),
  /** A desktop's. */
  password: z.string().optional(),
  /** What each terminal runs, as JSON; absent: a shell. */
  command: z
    .string()
    .transform((text) => z.array(z.string()).parse(JSON.parse(text)))
    .optional(),
});

/** What is kept of a session, so that any process reaches its pod. */
export type SessionRef = z.output<typeof refSchema>;

/** @throws ZodError for a ref of another provider */
export function readRef(ref: ProviderRef): SessionRef {
  return refSchema.parse(ref);
}

/** The ref of a session that has started. */
export function refOf(
  spec: SessionSpec,
  { metadata: { name, uid } }: Pod,
  password: string | undefined,
): ProviderRef {
  const port = portOf(spec);
  const command = spec.kind === "terminal" ? spec.command : undefined;
  return {
    ...{ pod: name, uid },
    ...(port === null ? {} : { port }),
    ...(password === undefined ? {} : { password }),
    ...(command === undefined ? {} : { command: JSON.stringify(command) }),
  };
}
