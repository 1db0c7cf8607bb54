import { z } from "zod";
import { clusterName } from "@/lib/auth/cluster-name";
import { ROLES } from "@/lib/auth/permissions";

/** The shapes of users in the API; for the server and for the browser. */

export const MIN_PASSWORD_LENGTH = 10;
/** More than any password manager makes; hashing one takes no longer for it. */
export const MAX_PASSWORD_LENGTH = 1024;
export const MAX_NAME_LENGTH = 64;

export const roleSchema = z.enum(ROLES);
/** The clusters assigned to somebody of the role `ops`. */
const clustersSchema = z.array(clusterName).max(100);

export const usernameSchema = z
  .string()
  .trim()
  .toLowerCase()
  .max(MAX_NAME_LENGTH, `at most ${MAX_NAME_LENGTH} characters`)
  .regex(
    /^[a-z0-9][a-z0-9._@-]*$/,
    "letters, digits, dots, hyphens, underscores and @, beginning with a letter or digit",
  );

export const displayNameSchema = z
  .string()
  .trim()
  .min(1, "a name is needed")
  .max(MAX_NAME_LENGTH, `at most ${MAX_NAME_LENGTH} characters`);

/** A password that is being set; length is what makes one strong, so it is all that is asked. */
export const newPasswordSchema = z
  .string()
  .min(MIN_PASSWORD_LENGTH, `a password needs at least ${MIN_PASSWORD_LENGTH} characters`)
  .max(MAX_PASSWORD_LENGTH, `a password has at most ${MAX_PASSWORD_LENGTH} characters`);

export const createUserSchema = z.strictObject({
  username: usernameSchema,
  /** Left out: the user name. */
  display_name: displayNameSchema.optional(),
  role: roleSchema.default("dev"),
  clusters: clustersSchema.default([]),
  password: newPasswordSchema,
});
export type CreateUserInput = z.output<typeof createUserSchema>;

/** What an administrator may change of a user; what is left out stays. */
export const updateUserSchema = z
  .strictObject({
    display_name: displayNameSchema,
    role: roleSchema,
    clusters: clustersSchema,
    disabled: z.boolean(),
    password: newPasswordSchema,
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, "nothing to change was sent");
export type UpdateUserInput = z.output<typeof updateUserSchema>;

/** What people may change of themselves; a new password comes with the current one. */
export const updateAccountSchema = z
  .strictObject({
    display_name: displayNameSchema,
    current_password: z.string().max(MAX_PASSWORD_LENGTH),
    new_password: newPasswordSchema,
  })
  .partial()
  .refine((change) => Object.keys(change).length > 0, "nothing to change was sent")
  .refine(
    (change) => (change.new_password === undefined) === (change.current_password === undefined),
    { path: ["current_password"], message: "the current and the new password come together" },
  );
export type UpdateAccountInput = z.output<typeof updateAccountSchema>;

export const userSchema = z.object({
  id: z.uuid(),
  username: z.string(),
  display_name: z.string(),
  role: roleSchema,
  clusters: z.array(z.string()),
  /** Here with a password, or at the OpenID provider, which then says what role they have. */
  sign_in: z.enum(["local", "oidc"]),
  disabled: z.boolean(),
  disabled_at: z.iso.datetime().nullable(),
  created_at: z.iso.datetime(),
  last_sign_in_at: z.iso.datetime().nullable(),
  /** A legal hold is on the user: nobody can delete what they record. */
  held: z.boolean(),
});
/** A user as the API shows it. The password's hash has no place here. */
export type UserItem = z.output<typeof userSchema>;
