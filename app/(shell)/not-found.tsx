import type { Metadata } from "next";
import { NotFoundNotice } from "../_components/not-found-notice";

export const metadata: Metadata = { title: "Not found" };

/** The shell is around it already: it is this folder's layout. */
export default NotFoundNotice;
