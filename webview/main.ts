/** Entry of the dashboard's page. */
import { loadIconFont } from './icons';
import './quota-dashboard';

/** VS Code pads the body of a webview; the dashboard has its own margins. */
const page = new CSSStyleSheet();
page.replaceSync('body { margin: 0; padding: 0; }');
document.adoptedStyleSheets.push(page);
loadIconFont();
