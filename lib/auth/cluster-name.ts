import { z } from "zod";

/** Where sessions run that were told nothing else. */
export const DEFAULT_CLUSTER = "default";

/** A cluster's name, as Kubernetes contexts and people write them. */
export const clusterName = z
  .string()
  .trim()
  .regex(/^[A-Za-z0-9][A-Za-z0-9._-]{0,62}$/, "a cluster is named by letters, digits, . _ and -");
