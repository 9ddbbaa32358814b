// What only a script in the visitor's window can do for a page; `window.py` mounts it.

const LOOK_EVERY_MS = 700;
const LAND_EVERY_MS = 100;
const LAND_WITHIN_MS = 30000;
const PAPER_WIDTH = 980;  // of a Letter in landscape without the margins of `page.css`; an A4 is wider
const HANDS = ['wheel', 'touchmove', 'pointerdown', 'keydown'];

const isDark = () => {
    const colour = getComputedStyle(document.querySelector('[data-testid="stApp"]')).backgroundColor;
    const [red, green, blue] = (colour.match(/[\d.]+/g) || [255, 255, 255]).map(Number);
    return red + green + blue < 382;
};

const isDrawn = () => document.querySelector('[data-testid="stApp"][data-test-script-state="notRunning"]') !== null;

// A link to a tool lands on the tool: it is brought to the top once the page is drawn, unless the reader moved first.
const land = () => {
    if (window.unrolledLanded === location.pathname) return () => {};
    // Streamlit takes a default out of the address, but not out of what the browser was asked for.
    const asked = window.unrolledLanded ? location.href : performance.getEntriesByType('navigation')[0].name;
    window.unrolledLanded = location.pathname;
    const parameters = new URL(asked).searchParams;
    const field = ['tool', 'section'].find(field => parameters.has(field));
    if (!field) return () => {};
    const main = document.querySelector('[data-testid="stMain"]');
    const end = performance.now() + LAND_WITHIN_MS;
    let rests = 0, place = null, scrolled = main.scrollTop;
    const watch = setInterval(() => {
        const choice = main.querySelector(`.st-key-${field}`);
        const now = choice ? choice.getBoundingClientRect().top + main.scrollTop : null;
        const isMoved = now === place && main.scrollTop !== scrolled;
        const isAtRest = isDrawn();
        rests = choice && isAtRest && now === place ? rests + 1 : 0;
        if (isMoved || rests > 2 || performance.now() > end) return stop();
        if (choice && isAtRest) choice.scrollIntoView({block: 'start'});
        [place, scrolled] = [now, main.scrollTop];
    }, LAND_EVERY_MS);
    const stop = () => {
        clearInterval(watch);
        HANDS.forEach(hand => removeEventListener(hand, stop, true));
    };
    HANDS.forEach(hand => addEventListener(hand, stop, {capture: true, passive: true}));
    return stop;
};

// Plotly's bar has one button for pictures, which saves SVG; beside it one for PNG.
const addButtons = () => {
    for (const svg of document.querySelectorAll('.modebar-btn[data-title="Download plot"]')) {
        const png = svg.cloneNode(true);
        svg.dataset.title = 'Download as SVG';
        png.dataset.title = 'Download as PNG';
        png.addEventListener('click', () => {
            const options = svg.closest('.js-plotly-plot')._context.toImageButtonOptions;
            options.format = 'png';
            svg.click();
            options.format = 'svg';
        });
        svg.after(png);
    }
    // Plotly makes them for the pointer alone: the Tab key comes to them too, and Enter or the space bar presses them.
    for (const button of document.querySelectorAll('.modebar-btn:not([role])')) {
        button.setAttribute('role', 'button');
        button.setAttribute('aria-label', button.dataset.title);
        button.tabIndex = 0;
        button.addEventListener('keydown', event => {
            if (button.tagName === 'BUTTON' || !['Enter', ' '].includes(event.key)) return;
            event.preventDefault();
            button.dispatchEvent(new MouseEvent('click', {bubbles: true}));
        });
    }
};

const measurePaper = () => {
    const width = document.querySelector('[data-testid="stMainBlockContainer"]').clientWidth;
    document.documentElement.style.setProperty('--printed', `${width}px`);
    document.documentElement.style.setProperty('--shrink', Math.min(1, PAPER_WIDTH / width));
};

// What the server says is kept here; what was kept before is told, once, to a server that knows nothing.
const KEPT = 'unrolled.lessons';
const keep = (now, tell) => {
    try {
        if (now) return localStorage.setItem(KEPT, now);
        const before = localStorage.getItem(KEPT);
        if (before && !window.unrolledTold) tell(before);
        window.unrolledTold = true;
    } catch { /* a browser that keeps nothing for pages */ }
};

export default function ({ data, setTriggerValue }) {
    const leave = land();
    keep(data && data.kept, before => setTriggerValue('kept', before));
    addEventListener('beforeprint', measurePaper);
    const root = document.documentElement.classList;
    let last = isDark();
    const watch = setInterval(() => {
        addButtons();
        if (isDrawn() && root.contains('lesson-comes')) root.remove('lesson-comes');
        if (document.hidden || isDark() === last) return;
        last = !last;
        setTriggerValue('theme', last ? 'dark' : 'light');
    }, LOOK_EVERY_MS);
    return () => {
        clearInterval(watch);
        removeEventListener('beforeprint', measurePaper);
        leave();
    };
}
