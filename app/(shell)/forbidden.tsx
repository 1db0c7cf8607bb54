import type { Metadata } from "next";
import { ForbiddenNotice } from "../_components/forbidden-notice";

export const metadata: Metadata = { title: "Not allowed" };

/** The shell is around it already: it is this folder's layout. */
export default ForbiddenNotice;
