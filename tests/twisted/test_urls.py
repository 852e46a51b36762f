"""
Addresses in the log: nothing that is secret is in them.
"""

from __future__ import annotations

from hypothesis import given
from hypothesis import strategies as st
from twisted.trial.unittest import SynchronousTestCase

from eliot import Action, MemoryLogger
from eliot.twisted._urls import WithoutSecrets, show_url

SEGMENTS = st.text("abcdefXYZ019-._~%!$&'()*+,;=:@", max_size=20)
SECRETS = st.text("abcdefXYZ019-._~%!$&'()*+,;=:@", min_size=1, max_size=20)


class ShowURLTests(SynchronousTestCase):
    """
    What is shown of an address.
    """

    def test_plain(self) -> None:
        """
        An address without secrets is shown as it is.
        """
        for url in (
            "http://example.com",
            "https://example.com:8080/a/b;c=d/",
            "http://[::1]:80/",
            "unix:/run/some.sock",
            "/path/@someone",
            "http://example.com/@someone",
            "",
        ):
            self.assertEqual(show_url(url), (url, ()))
            self.assertEqual(show_url(url.encode()), (url, ()))

    def test_credentials(self) -> None:
        """
        Neither the user nor the password is shown, wherever they may be in an address.
        """
        for url, shown in (
            ("http://user:pass@word@example.com/", "http://example.com/"),
            ("http://user@example.com/@x", "http://example.com/@x"),
            ("http://user:password@[::1]:80/", "http://[::1]:80/"),
            ("//user:password@example.com/", "//example.com/"),
            ("user:password@example.com/", "example.com/"),
            ("http://user:password@", "http://"),
            ("http://us\ner:password@example.com/", "http://example.com/"),
        ):
            self.assertEqual(show_url(url).text, shown)
            self.assertIn("@", "".join(show_url(url).secrets))

    def test_query(self) -> None:
        """
        The query is shown if that is asked for, the fragment never.
        """
        url = "http://example.com/a?q=1@2?3#fragment?x"
        self.assertEqual(show_url(url), ("http://example.com/a", ("?q=1@2?3",)))
        self.assertEqual(show_url(url, query=True), ("http://example.com/a?q=1@2?3", ()))

    def test_long(self) -> None:
        """
        A long one is cut.
        """
        self.assertLess(len(show_url("http://example.com/" + "a" * 10_000).text), 2100)

    @given(st.text() | st.binary())
    def test_anything(self, url: str | bytes) -> None:
        """
        Whatever it is, it is shown without a query.
        """
        self.assertNotIn("?", show_url(url).text)

    @given(SECRETS, SECRETS, SEGMENTS)
    def test_no_secrets(self, user: str, password: str, path: str) -> None:
        """
        Of any address in the usual form, just the scheme, the host and the path are shown.
        """
        url = f"https://{user}:{password}@example.com/{path}"
        self.assertEqual(show_url(url).text, f"https://example.com/{path}")


class WithoutSecretsTests(SynchronousTestCase):
    """
    Exceptions that show addresses.
    """

    def test_reason(self) -> None:
        """
        The end of a failed action does not say what its start has left out.
        """
        logger = MemoryLogger()
        shown = show_url("http://user:password@example.com/?token=abc")
        action = Action(logger, "task", [], "test", WithoutSecrets(shown.secrets))
        action.start(url=shown.text, port=80)
        action.finish(ValueError("bad: http://user:password@example.com/?token=abc"))
        start, end = logger.serialize()
        self.assertEqual(start["url"], "http://example.com/")
        self.assertEqual(end["reason"], "bad: http://example.com/")
