"""
The plug-in package of destinations: whoever adds a kind puts a module into a
folder ``eliot/plugins`` of their own, without ``__init__.py``, and in it an
object that provides :class:`eliot.twisted.IDestinationParser`.
"""

import twisted.plugin

__path__.extend(twisted.plugin.pluginPackagePaths(__name__))

__all__: list[str] = []
