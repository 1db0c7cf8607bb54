import { AppError } from "@/lib/errors/app-error";
import { route } from "@/lib/http/route";

/** What no other route answers: said as every refusal of the API is, and not with a page. */
const refuse = () =>
  Promise.reject(new AppError("not_found", "There is nothing at this address of the API."));

export const GET = route("GET /api/[[...path]]", {}, refuse);
export const HEAD = route("HEAD /api/[[...path]]", {}, refuse);
export const POST = route("POST /api/[[...path]]", {}, refuse);
export const PUT = route("PUT /api/[[...path]]", {}, refuse);
export const PATCH = route("PATCH /api/[[...path]]", {}, refuse);
export const DELETE = route("DELETE /api/[[...path]]", {}, refuse);
export const OPTIONS = route("OPTIONS /api/[[...path]]", {}, refuse);
