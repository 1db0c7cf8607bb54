import type { Permission } from "./permissions";

/** What a route demands: a permission, or `public` where a stranger may ask. */
export type RouteAccess = Permission | "public";

/**
 * Every route of the product with what it demands. A route that is not here does not compile
 * (`route()` takes only these names) and fails the routes × roles test.
 */
export const ACCESS_BY_ROUTE = {
  "GET /healthz": "public",
  "GET /readyz": "public",
  "GET /api/auth/[...nextauth]": "public",
  "POST /api/auth/[...nextauth]": "public",

  "GET /api/apps": "app.view",
  "GET /api/sessions": "session.use_own",
  "POST /api/sessions": "session.create",
  "GET /api/sessions/[id]": "session.use_own",
  "DELETE /api/sessions/[id]": "session.use_own",
  "POST /api/sessions/[id]/ticket": "session.use_own",
  "POST /api/sessions/[id]/recording/start": "recording.create",
  "POST /api/sessions/[id]/recording/stop": "recording.create",
  "POST /api/sessions/[id]/recording/upload": "recording.create",
  "POST /api/sessions/[id]/recording/decline": "recording.create",

  "GET /api/recordings": "recording.view_own",
  "GET /api/admin/recordings": "recording.view_all",
  "GET /api/recordings/[id]": "recording.view_own",
  "PATCH /api/recordings/[id]": "recording.create",
  "DELETE /api/recordings/[id]": "recording.delete_own",
  "GET /api/recordings/[id]/download": "recording.view_own",
  "GET /api/recordings/[id]/poster": "recording.view_own",
  "PUT /api/recordings/[id]/poster": "recording.create",
  "OPTIONS /api/recordings/[id]/upload": "recording.create",
  "HEAD /api/recordings/[id]/upload": "recording.create",
  "PATCH /api/recordings/[id]/upload": "recording.create",
  "POST /api/recordings/[id]/upload": "recording.create",
  "DELETE /api/recordings/[id]/upload": "recording.create",

  "GET /api/admin/users": "user.manage",
  "POST /api/admin/users": "user.manage",
  "PATCH /api/admin/users/[id]": "user.manage",
  "GET /api/admin/settings": "settings.manage",
  "PATCH /api/admin/settings": "settings.manage",
  "PATCH /api/account": "account.use",

  "GET /api/[[...path]]": "public",
  "HEAD /api/[[...path]]": "public",
  "POST /api/[[...path]]": "public",
  "PUT /api/[[...path]]": "public",
  "PATCH /api/[[...path]]": "public",
  "DELETE /api/[[...path]]": "public",
  "OPTIONS /api/[[...path]]": "public",
} as const satisfies Record<string, RouteAccess>;

export type RouteName = keyof typeof ACCESS_BY_ROUTE;

/** The same for pages; `public` pages are the only ones a stranger sees. */
export const ACCESS_BY_PAGE = {
  "/": "account.use",
  "/sign-in": "public",
  "/apps": "app.view",
  "/sessions": "session.use_own",
  "/sessions/[id]": "session.use_own",
  "/recordings": "recording.view_own",
  "/recordings/[id]": "recording.view_own",
  "/admin": "user.manage",
  "/admin/users": "user.manage",
  "/admin/recordings": "recording.view_all",
  "/admin/settings": "settings.manage",
  "/account": "account.use",
} as const satisfies Record<string, RouteAccess>;

export type PagePath = keyof typeof ACCESS_BY_PAGE;
