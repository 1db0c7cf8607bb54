import { z } from "zod";
import { imageName } from "@/lib/config/image-name";

const MAX_APPS = 200;

const limits = z.strictObject({
  /** Processors; a fraction is a share of one. */
  cpus: z.number().min(0.05).max(256).exactOptional(),
  memory_mb: z.number().int().min(16).max(4_194_304).exactOptional(),
  /** Processes and threads. */
  pids: z.number().int().min(8).max(1_000_000).exactOptional(),
});
export type AppLimitsEntry = z.infer<typeof limits>;

const variableName = z.string().regex(/^(?!SORTIE_)[A-Za-z_][A-Za-z0-9_]*$/, {
  error: "a variable's name has letters, digits and underscores, and does not begin with SORTIE_",
});

const appFields = {
  id: z.string().regex(/^[a-z0-9][a-z0-9-]{0,62}$/, {
    error: "1 to 63 lower-case letters, digits and hyphens are allowed",
  }),
  name: z.string().min(1).max(80),
  description: z.string().max(500),
  image: imageName.exactOptional(),
  command: z.array(z.string().min(1)).min(1).exactOptional(),
  environment: z.record(variableName, z.string()).exactOptional(),
  limits: limits.exactOptional(),
  /** False for an image that writes to its own files. */
  read_only_root: z.boolean().exactOptional(),
};

const app = z.discriminatedUnion("kind", [
  z.strictObject({
    ...appFields,
    kind: z.literal("desktop"),
    /** Of a container with the VNC server that its own image lacks; false: its own has one. */
    display_image: z
      .union([imageName, z.literal(false)], {
        error: "the name of a container image is allowed, or false",
      })
      .exactOptional(),
  }),
  z.strictObject({ ...appFields, kind: z.literal("terminal") }),
  z.strictObject({
    ...appFields,
    kind: z.literal("web"),
    /** Where it speaks HTTP in its container. */
    port: z.number().int().min(1).max(65_535),
  }),
]);
export type AppEntry = z.infer<typeof app>;

/** The file that `SORTIE_APPS_FILE` names: the apps in the order they are shown. */
export const appsFileSchema = z
  .array(app)
  .min(1)
  .max(MAX_APPS)
  .superRefine((apps, context) => {
    for (const [index, app] of apps.entries()) {
      if (app.kind !== "desktop" || !app.display_image || app.image !== undefined) continue;
      const message = "an app with a display_image needs an image of its own";
      context.addIssue({ code: "custom", path: [index, "image"], message });
    }
    const ids = apps.map(({ id }) => id);
    for (const [index, id] of ids.entries()) {
      if (ids.indexOf(id) === index) continue;
      context.addIssue({ code: "custom", path: [index, "id"], message: `${id} is there twice` });
    }
  });
