import { z } from "zod";

/** The name of an image as container engines take it: no spaces and no option in disguise. */
export const imageName = z
  .string()
  .regex(/^[a-z0-9][\w./:@-]*$/i, { error: "the name of a container image is allowed" });
