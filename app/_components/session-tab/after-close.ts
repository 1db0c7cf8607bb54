/** What a tab does once its WebSocket closed. Messages are sentences for the user. */
export type AfterClose =
  | { readonly then: "retry" }
  | { readonly then: "end"; readonly message: string }
  | { readonly then: "give_up"; readonly message: string };

export function afterClose(closeCode: number | null): AfterClose {
  switch (closeCode) {
    case 4403:
      return { then: "give_up", message: "You are no longer allowed to use this session." };
    case 4404:
      return { then: "give_up", message: "There is no such session." };
    case 4408:
      return { then: "end", message: "Nobody used the session for too long, so it was ended." };
    case 4409:
      return { then: "end", message: "The session has ended." };
    case 4410:
      return { then: "end", message: "The session reached the longest time allowed." };
    default:
      // Everything else passes: a spent ticket (4401), a server that restarts (1012), a lost network.
      return { then: "retry" };
  }
}
