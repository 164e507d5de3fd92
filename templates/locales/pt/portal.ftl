# The portal’s texts in Portuguese. One sentence per key; key names say where it appears.

decimal-mark = ,
kilobytes = { $amount } kB
megabytes = { $amount } MB
gigabytes = { $amount } GB
date = { $day } de { $month } de { $year }
time = { $padded-hour }:{ $minute }
date-and-time = { $date }, { $time }

# The months as they stand in a date.
month-1 = janeiro
month-2 = fevereiro
month-3 = março
month-4 = abril
month-5 = maio
month-6 = junho
month-7 = julho
month-8 = agosto
month-9 = setembro
month-10 = outubro
month-11 = novembro
month-12 = dezembro

minutes = { $count ->
    [one] { $count } minuto
   *[other] { $count } minutos
}
hours = { $count ->
    [one] { $count } hora
   *[other] { $count } horas
}
hours-and-minutes = { $hours } e { $minutes }

skip = Ir para o conteúdo
languages = Língua da página
banner-alt = WiFi4EU: Wi-Fi gratuito para os europeus
crest-alt = Brasão: { $comune }
footer-links = Informações
footer-free = Serviço gratuito, sem registo e sem publicidade.
eu-funding = Cofinanciado pela União Europeia
eu-disclaimer = O conteúdo destas páginas é da exclusiva responsabilidade do município; a União Europeia não é responsável pela utilização que dele possa ser feita.
selftest = Autoteste WiFi4EU em curso
link-terms = Condições de utilização
link-privacy = Privacidade
link-accessibility = Acessibilidade
link-venue = O local
link-news = Notícias
link-back = Voltar à página de acesso

login-title = Wi-Fi gratuito
login-lead = Navegue gratuitamente, sem registo.
login-button = Ligar à Internet
login-accept = Ao premir o botão, aceita as regras do serviço.
login-disclaimer-title = Rede pública e aberta
login-disclaimer = O tráfego de rádio não é cifrado. Utilize sítios e aplicações seguros (https), mantenha o dispositivo atualizado e não partilhe pastas nem impressoras.
login-expired = A página esteve aberta demasiado tempo. Prima novamente o botão.

online-title = Está em linha
online-lead = Já pode navegar e fechar esta página.
online-left = Tempo restante
online-until = Até às
online-used = Dados utilizados
online-plan = Velocidade deste dispositivo
online-down = Receção
online-up = Envio
online-day = Dados de hoje à velocidade máxima
online-slow = Os dados de hoje à velocidade máxima esgotaram-se: até à meia-noite este dispositivo fica mais lento.
online-exempt = Este dispositivo tem sempre acesso: não é preciso premir nada.
online-return = Para voltar a ver esta página ou desligar-se, abra
online-disconnect = Desligar
online-disconnect-hint = O dispositivo fica sem ligação; poderá voltar a ligar-se quando quiser.

# While the municipality’s link to the Internet is interrupted.
down-title = Neste momento não há Internet aqui
down-lead = O Wi-Fi funciona, mas a ligação à Internet está interrompida. Costuma voltar em breve: tente de novo dentro de alguns minutos.
down-online = O seu dispositivo continua autorizado: quando a Internet voltar, poderá navegar sem premir nada.
down-action = Tentar de novo

disconnected-title = Desligado
disconnected-lead = O seu dispositivo já não está ligado à Internet. Obrigado por utilizar o Wi-Fi do município.
disconnected-action = Ligar de novo

blocked-title = Acesso não permitido
blocked-lead = Este dispositivo não pode utilizar esta rede. Para esclarecimentos, contacte o município.

again-title = Tente de novo dentro de momentos
again-lead = Neste momento a rede não consegue estabelecer a ligação. Normalmente bastam alguns segundos.
again-action = Tentar de novo

stranger-title = Dispositivo não reconhecido
stranger-lead = A rede ainda não reconhece o seu dispositivo. Desative e volte a ativar o Wi-Fi e tente de novo. Se utiliza uma VPN, suspenda-a por um momento.
stranger-action = Tentar de novo

slow-title = Demasiadas tentativas
slow-lead = Premiu o botão muitas vezes em pouco tempo. Aguarde um minuto e tente de novo.
slow-action = Tentar de novo

refused-title = Pedido não aceite
refused-lead = O pedido não veio desta página. Volte à página de acesso e tente de novo.
refused-action = Voltar à página de acesso

# Terms, privacy and accessibility: the texts are in legal.ftl, in Italian and English only.
legal-languages = Este texto só existe em italiano e em inglês.
full-text = Depois de se ligar, pode ler o texto completo do município neste endereço:

venue-title = O local
venue-lead = Esta rede Wi-Fi é oferecida por: { $comune }.
venue-place = Local
venue-comune = Administração
venue-portal = Página da rede

# Urgent notices: the word beside the icon says how grave they are, for those who do not see the colour.
notices-title = Avisos urgentes
notices-more = { $count ->
    [one] Mais um aviso
   *[other] Mais { $count } avisos
}
notice-red = Perigo
notice-orange = Alerta
notice-yellow = Atenção
notice-green = Boas notícias
notice-blue = Informação
notice-purple = Importante
notice-until = Até: { $when }
notice-source = Fonte: { $source }
notice-link = Mais informações

# News of the municipality.
news-title = Notícias
news-all = Todas as notícias
news-none = Por agora não há notícias.
news-pinned = Em destaque
news-more = Continuar a ler no sítio Web
news-more-after = O resto lê-se no sítio Web, que abre depois de se ligar:
news-more-offline = O resto lê-se no sítio Web, quando a Internet voltar:

# Digital services: cards under the button. A title for each kind and a line of explanation.
services-title = Serviços digitais
service-now = Abre de imediato
service-after = Depois de se ligar
service-offline = Quando a Internet voltar
service-call = Ligar para { $number }
service-io = Aplicação IO
service-io-hint = Mensagens, avisos e pagamentos dos organismos públicos no telemóvel.
service-municipium = Aplicação Municipium
service-municipium-hint = Notícias, comunicação de problemas e recolha de resíduos.
service-certificates = Certidões do registo
service-certificates-hint = Residência, nascimento, agregado familiar: grátis, com SPID ou CIE.
service-fines = Multas
service-fines-hint = Consultar e pagar uma multa.
service-payments = Pagamentos (pagoPA)
service-payments-hint = Taxas, refeições escolares e outros pagamentos ao município.
service-appointments = Marcar atendimento
service-appointments-hint = Escolha o balcão, o dia e a hora.
service-sue = Balcão de obras (SUE)
service-sue-hint = Processos de edificação e paisagem.
service-suap = Balcão das empresas (SUAP)
service-suap-hint = Abrir, alterar ou encerrar uma atividade.
service-youtube = Canal do YouTube
service-youtube-hint = Reuniões municipais e eventos em vídeo.
service-help = Ajuda com os serviços digitais
service-help-hint = Pontos de apoio: alguém o ajuda, presencialmente e sem custos.
service-emergency = Emergência 112
service-emergency-hint = Número único: ambulância, bombeiros e polícia. Grátis, a qualquer hora.
service-website = Sítio Web do município
service-website-hint = Serviços, horários, editais e documentos.
