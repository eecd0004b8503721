import { Page } from "../../ui/page.tsx";

export const RoutingPage = () => <Page title="RoutingPage">…</Page>;
