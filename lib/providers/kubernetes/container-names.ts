/** The container of a session pod that everything of its user runs in, terminals too. */
export const APP_CONTAINER = "app";

/** The sidecar that an app without a VNC server has. */
export const DISPLAY_CONTAINER = "display";
