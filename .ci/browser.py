"""Drives headless Chromium over its debugging pipe, for the scripts beside this file."""

import contextlib, json, os, subprocess, sys, tempfile


@contextlib.contextmanager
def chromium(*options):
    """A browser with a profile of its own, which is ended however the block is left: what it is given calls a method."""
    with tempfile.TemporaryDirectory(ignore_cleanup_errors=True) as profile:
        to_browser, ours_out = os.pipe()
        ours_in, from_browser = os.pipe()

        def connect():
            # The browser reads commands from descriptor 3 and writes answers to 4.
            # Out of the way first: one of the ends may be 3 or 4 already.
            reader, writer = os.dup2(to_browser, 103), os.dup2(from_browser, 104)
            os.dup2(reader, 3)
            os.dup2(writer, 4)

        browser = subprocess.Popen(
            ["chromium", "--headless", "--no-sandbox", "--disable-gpu", "--disable-background-networking", "--no-first-run",
             *options, f"--user-data-dir={profile}", "--remote-debugging-pipe", "about:blank"],
            preexec_fn=connect, close_fds=False, stdout=subprocess.DEVNULL, stderr=subprocess.DEVNULL)
        try:
            os.close(to_browser)
            os.close(from_browser)
            with os.fdopen(ours_in, "rb") as answers:
                yield caller(ours_out, answers)
        finally:
            browser.terminate()
            browser.wait()
            os.close(ours_out)


def caller(commands, answers):
    """A function that calls a method, of a page if it is given that one's session, and returns the result."""
    count = 0

    def read():
        message = b""
        while (byte := answers.read(1)) != b"\0":
            if not byte:
                sys.exit("the browser has ended")
            message += byte
        return json.loads(message)

    def call(method, session=None, **parameters):
        nonlocal count
        count += 1
        message = {"id": count, "method": method, "params": parameters}
        if session:
            message["sessionId"] = session
        os.write(commands, json.dumps(message).encode() + b"\0")
        while (answer := read()).get("id") != count:
            pass
        if "error" in answer:
            sys.exit(f"{method}: {answer['error']}")
        return answer["result"]

    return call
