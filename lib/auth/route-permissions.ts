import type { Demand } from "./permissions";

/** What a route demands: a permission, perhaps for more than one's own, or `public` where a stranger may ask. */
export type RouteAccess = Demand | "public";

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
  "GET /api/sessions": "session.view",
  "POST /api/sessions": "session.create",
  "GET /api/sessions/[id]": "session.view",
  "DELETE /api/sessions/[id]": "session.end",
  "POST /api/sessions/[id]/ticket": "session.use",
  "POST /api/sessions/[id]/recording/start": "recording.create",
  "POST /api/sessions/[id]/recording/stop": "recording.create",
  "POST /api/sessions/[id]/recording/upload": "recording.create",
  "POST /api/sessions/[id]/recording/decline": "recording.create",

  "GET /api/recordings": "recording.view",
  "GET /api/admin/recordings": "recording.view of others",
  "GET /api/admin/recordings/export": "recording.view of others",
  "GET /api/recordings/[id]": "recording.view",
  "PATCH /api/recordings/[id]": "recording.create",
  "DELETE /api/recordings/[id]": "recording.delete",
  "POST /api/recordings/[id]/seal": "recording.delete",
  "GET /api/recordings/[id]/download": "recording.play",
  "GET /api/recordings/[id]/poster": "recording.play",
  "PUT /api/recordings/[id]/poster": "recording.create",
  "OPTIONS /api/recordings/[id]/upload": "recording.create",
  "HEAD /api/recordings/[id]/upload": "recording.create",
  "PATCH /api/recordings/[id]/upload": "recording.create",
  "POST /api/recordings/[id]/upload": "recording.create",
  "DELETE /api/recordings/[id]/upload": "recording.create",

  "GET /api/admin/users": "user.manage",
  "POST /api/admin/users": "user.manage",
  "PATCH /api/admin/users/[id]": "user.manage",
  "GET /api/admin/holds": "recording.hold of others",
  "POST /api/admin/holds": "recording.hold",
  "POST /api/admin/holds/[id]/lift": "recording.hold",
  "GET /api/admin/retention": "settings.manage",
  "PATCH /api/admin/retention": "settings.manage",
  "POST /api/admin/retention/preview": "settings.manage",
  "GET /api/admin/retention/runs": "settings.manage",
  "POST /api/admin/retention/runs": "settings.manage",
  "GET /api/admin/settings": "settings.manage",
  "PATCH /api/admin/settings": "settings.manage",
  "GET /api/admin/users/[id]/tokens": "token.revoke of others",
  "DELETE /api/admin/tokens/[id]": "token.revoke of others",
  "GET /api/admin/audit": "audit.view",
  "GET /api/admin/audit/export": "audit.view",
  "GET /api/admin/storage": "storage.view",
  "POST /api/admin/jobs/[id]/retry": "job.run",
  "PATCH /api/account": "account.use",
  "GET /api/account/tokens": "token.revoke",
  "POST /api/account/tokens": "token.create",
  "DELETE /api/account/tokens/[id]": "token.revoke",

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
  "/apps": "session.create",
  "/sessions": "session.view",
  "/sessions/[id]": "session.use",
  "/recordings": "recording.view",
  "/recordings/[id]": "recording.view",
  "/admin": "recording.view of others",
  "/admin/sessions": "session.view of others",
  "/admin/users": "user.manage",
  "/admin/recordings": "recording.view of others",
  "/admin/holds": "recording.hold of others",
  "/admin/settings": "settings.manage",
  "/admin/audit": "audit.view",
  "/admin/storage": "storage.view",
  "/account": "account.use",
} as const satisfies Record<string, RouteAccess>;

export type PagePath = keyof typeof ACCESS_BY_PAGE;
