import { services } from "@/lib/composition/services";
import { AppError } from "@/lib/errors/app-error";
import { problemResponse } from "./problem";
import { route } from "./route";

/** A route of the recording API: it does not exist while recording is switched off. */
export const recordingRoute: typeof route = (name, schemas, handle) => {
  const answer = route(name, schemas, handle);
  return async (request, context) => {
    const { config, log } = services();
    if (config.recording.enabled) return answer(request, context);
    const off = new AppError("not_found", "Recording is switched off on this server.");
    const requestId = request.headers.get("x-request-id") ?? crypto.randomUUID();
    return problemResponse(off, { requestId, route: name, log });
  };
};
