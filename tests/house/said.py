"""How the scripts of the tests say what they found, for count.py: a line for each check, and what was wrong under it."""


def say(what, checks):
    """Prints "ok WHAT: NAME", or "not ok …" and the trouble, for each (name, trouble) of `checks`; trouble None or "": it is well. How it ends: 1 where any was not."""
    failures = 0
    for name, trouble in checks:
        print(f"{'not ok' if trouble else 'ok'} {what}: {name}", flush=True)
        if trouble:
            print(trouble, flush=True)
            failures += 1
    return int(failures > 0)
