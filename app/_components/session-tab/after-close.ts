import { CLOSE_CODES, CLOSE_TEXTS, type CloseName } from "@/lib/gateway/close-codes";
import { assertNever } from "@/lib/errors/assert-never";

/** What a tab does once its WebSocket closed. Messages are sentences for the user. */
export type AfterClose =
  | { readonly then: "retry" }
  | { readonly then: "end"; readonly message: string }
  | { readonly then: "give_up"; readonly message: string };

/** Decides by the gateway's close code; null and codes that are not its own are a lost network. */
export function afterClose(closeCode: number | null): AfterClose {
  const name = NAME_BY_CODE.get(closeCode);
  switch (name) {
    case "idleTooLong":
    case "sessionEnded":
    case "maxDurationReached":
      return { then: "end", message: CLOSE_TEXTS[name] };
    case "notAllowed":
    case "noSuchSession":
      return { then: "give_up", message: CLOSE_TEXTS[name] };
    case "restarting":
    case "unsupportedData":
    case "internalError":
    case "ticketNotValid":
    case undefined:
      return { then: "retry" };
    default:
      return assertNever(name);
  }
}

const NAME_BY_CODE: ReadonlyMap<number | null, CloseName> = new Map(
  (Object.keys(CLOSE_CODES) as CloseName[]).map((name) => [CLOSE_CODES[name], name]),
);
